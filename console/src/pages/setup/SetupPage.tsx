// A page that is being written.
export function SetupPage() {
  return null;
}
