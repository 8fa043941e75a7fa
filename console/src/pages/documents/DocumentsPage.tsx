// A page that is being written.
export function DocumentsPage() {
  return null;
}
