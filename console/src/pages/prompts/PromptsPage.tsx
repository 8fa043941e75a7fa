// A page that is being written.
export function PromptsPage() {
  return null;
}
