/** The developers' page. Its configuration is data in the page, never an address from the outside. */
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./page.css";
import { GraphiQL } from "graphiql";
import { DOC_EXPLORER_PLUGIN } from "@graphiql/plugin-doc-explorer";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { createRoot } from "react-dom/client";
import { accountPlugin } from "./account.jsx";
import { makeFetcher } from "./fetcher.js";
import { recipesPlugin } from "./recipes.jsx";

const WORKERS = { json: "json.worker.js", graphql: "graphql.worker.js" };
globalThis.MonacoEnvironment = {
  getWorker: (_id, label) =>
    new Worker(new URL(WORKERS[label] ?? "editor.worker.js", import.meta.url), { type: "module" }),
};

const page = document.getElementById("graphiql");
const { endpoint, recipes } = JSON.parse(page.dataset.configuration);
const plugins = [HISTORY_PLUGIN, explorerPlugin(), recipesPlugin(recipes), accountPlugin(endpoint)];

createRoot(page).render(
  <GraphiQL
    fetcher={makeFetcher(endpoint)}
    plugins={plugins}
    referencePlugin={DOC_EXPLORER_PLUGIN}
    defaultTabs={recipes.slice(0, 2).map(({ query, variables }) => ({ query, variables }))}
    defaultEditorToolsVisibility="variables"
    shouldPersistHeaders={false}
  />,
);
