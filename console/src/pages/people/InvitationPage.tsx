// A page that is being written.
export function InvitationPage() {
  return null;
}
