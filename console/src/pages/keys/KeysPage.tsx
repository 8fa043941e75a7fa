// A page that is being written.
export function KeysPage() {
  return null;
}
