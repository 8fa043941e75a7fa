// Starts the console.
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import "./style/base.css";

const root = document.getElementById("console");
if (root) createRoot(root).render(<App />);
