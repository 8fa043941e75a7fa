// A page that is being written.
export function AccountPage() {
  return null;
}
