import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider } from "@tanstack/react-router"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { onUnauthenticated } from "~/api/client"
import { ApiError } from "~/api/errors"
import { paths } from "~/paths"
import { makeRouter } from "~/routes"
import { stringifySearch } from "~/search"
import { ErrorBoundary } from "~/shell/ErrorPage"
import { Toasts } from "~/ui/toast"
import { TipProvider } from "~/ui/Tooltip"
import "~/ui/tokens.css"

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // What the server refused stays refused; what it could not answer is asked again, more patiently each time.
      retry: (failures, error) => failures < 4 && (!(error instanceof ApiError) || error.kind === "offline" || error.kind === "unavailable"),
      retryDelay: (failures) => Math.min(8_000, 400 * 2 ** failures),
      refetchOnWindowFocus: false,
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
})

// A page of an older build asks for files that are gone: load the page anew, once.
window.addEventListener("vite:preloadError", () => {
  const last = Number(sessionStorage.getItem("mw-reloaded") ?? 0)
  if (Date.now() - last < 10_000) return
  sessionStorage.setItem("mw-reloaded", String(Date.now()))
  location.reload()
})

const router = makeRouter(client)
let rendered = false

onUnauthenticated(() => {
  const { pathname, href } = router.history.location
  if (pathname === paths.login()) return
  router.history.replace(paths.login() + stringifySearch({ to: href }))
  if (!rendered) void router.load() // nobody else listens to the history yet
})

// The first render has its page: React holds back what follows a fallback for a third of a second. A slow network gets
// the frame of the page meanwhile.
await Promise.race([router.load(), new Promise((resolve) => { setTimeout(resolve, 400) })]).catch(() => {})

rendered = true
createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <ErrorBoundary>
      <QueryClientProvider client={client}>
        <TipProvider>
          <RouterProvider router={router} />
          <Toasts />
        </TipProvider>
      </QueryClientProvider>
    </ErrorBoundary>
  </StrictMode>,
)
