// The token of an invitation's link, and what is done with it.
import { client } from "~/api/client.ts";
import { takeSecret } from "~/parts/link-secret.ts";
import { actIn } from "./queries.ts";

const KEPT = "coderai.invitation";

/** The token of the link, which is kept for this tab while the person signs in. */
export function takeToken(): string {
  const token = takeSecret();
  if (token) window.sessionStorage.setItem(KEPT, token);
  return token || (window.sessionStorage.getItem(KEPT) ?? "");
}

/** Accepts the invitation for whoever is signed in, and goes to its workspace. */
export async function accept(token: string): Promise<void> {
  const { data } = await client.POST("/v1/invitations/accept", { body: { token } });
  window.sessionStorage.removeItem(KEPT);
  if (data) await actIn(data.id);
}

/** Makes an account with the invitation, signs in, and goes to its workspace. */
export async function join(token: string, email: string, password: string): Promise<void> {
  const { data } = await client.POST("/v1/auth/register", { body: { email, password, invitation: token } });
  window.sessionStorage.removeItem(KEPT);
  // The page signs in by a cookie; the tokens of the registration are not needed.
  if (data) await client.POST("/v1/auth/logout", { body: { refresh_token: data.refresh_token } });
  await client.POST("/v1/auth/session", { body: { email, password } });
  const workspaces = (await client.GET("/v1/workspaces")).data?.items ?? [];
  const shared = workspaces.at(-1);
  if (shared) await actIn(shared.id);
}
