// Puts together what all pages stand in: texts, session, data, routes.
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { queries } from "./api/queries.ts";
import { Localised } from "./i18n/Localised.tsx";
import { router } from "./routes.tsx";

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Localised>
        <RouterProvider router={router} />
      </Localised>
    </QueryClientProvider>
  );
}
