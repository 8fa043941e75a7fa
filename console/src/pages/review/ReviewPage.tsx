// A page that is being written.
export function ReviewPage() {
  return null;
}
