/** The recipes panel: example operations, opened in a tab of their own. */
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M5 4h11l3 3v13H5z" />
      <path d="M8 10h8M8 14h8M8 18h5" />
    </svg>
  );
}

function makePanel(recipes) {
  return function Panel() {
    const { addTab } = useGraphiQLActions();
    const { queryEditor, variableEditor } = useGraphiQL((state) => ({
      queryEditor: state.queryEditor,
      variableEditor: state.variableEditor,
    }));

    const open = (recipe) => {
      addTab();
      // The editors show the new tab only after this turn; what is set before would go to the old one.
      setTimeout(() => {
        queryEditor.setValue(recipe.query);
        variableEditor?.setValue(recipe.variables ?? "");
      });
    };

    return (
      <section className="recipes">
        <h2>Recipes</h2>
        <ul>
          {recipes.map((recipe) => (
            <li key={recipe.title}>
              <button type="button" className="graphiql-un-styled" disabled={!queryEditor} onClick={() => open(recipe)}>
                {recipe.title}
              </button>
            </li>
          ))}
        </ul>
      </section>
    );
  };
}

/** @param {{title: string, query: string, variables?: string}[]} recipes */
export function recipesPlugin(recipes) {
  return { title: "Recipes", icon: Icon, content: makePanel(recipes) };
}
