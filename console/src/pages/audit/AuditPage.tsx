// A page that is being written.
export function AuditPage() {
  return null;
}
