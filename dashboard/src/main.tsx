import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './main.css';

import { explorerPlugin } from '@graphiql/plugin-explorer';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';

import { examples } from './examples';
import { fetcher } from './session';

// GraphiQL fills the editors of its first tab from storage only, so its variables are given on the first visit.
const isFirstVisit = localStorage.getItem('graphiql:tabState') === null;

createRoot(document.getElementById('root')!).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={[explorerPlugin(), HISTORY_PLUGIN]}
    defaultTabs={examples}
    initialVariables={isFirstVisit ? examples[0]?.variables : undefined}
    defaultEditorToolsVisibility="variables"
  />,
);
