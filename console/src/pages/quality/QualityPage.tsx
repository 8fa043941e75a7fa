// A page that is being written.
export function QualityPage() {
  return null;
}
