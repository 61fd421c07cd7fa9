/** All charts on one page, for development and for measuring; not part of the build. */
import { createRoot } from "react-dom/client"
import "~/ui/tokens.css"
import { Bench } from "~/charts/gallery/Bench"
import { Gallery } from "~/charts/gallery/Gallery"

const bench = new URLSearchParams(location.search).get("bench")
createRoot(document.getElementById("root")!).render(bench ? <Bench charts={Number(bench)} /> : <Gallery />)
