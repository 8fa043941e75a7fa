// A page that is being written.
export function ExportsPage() {
  return null;
}
