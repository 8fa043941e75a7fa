// A page that is being written.
export function DocumentPage() {
  return null;
}
