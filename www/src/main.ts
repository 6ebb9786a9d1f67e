import { restoreTheme } from "./components/theme.ts";
import "./views/explorer-shell.ts";

restoreTheme();
