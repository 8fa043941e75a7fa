// A page that is being written.
export function PeoplePage() {
  return null;
}
