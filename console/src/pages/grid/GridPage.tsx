// A page that is being written.
export function GridPage() {
  return null;
}
