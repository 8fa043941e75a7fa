// Starts the console.
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { keepFocus } from "./parts/focus.ts";
import "./style/base.css";

const root = document.getElementById("console");
if (root) createRoot(root).render(<App />);
keepFocus();
