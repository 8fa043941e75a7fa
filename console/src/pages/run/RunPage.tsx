// A page that is being written.
export function RunPage() {
  return null;
}
