import "./views/explorer-shell.ts";
import { restoreTheme } from "./components/theme.ts";

restoreTheme();
