import { render } from "preact";
import { App } from "./app";
import "./style/tokens.css";
import "./style/base.css";
import "./style/page.css";
import "./style/thread.css";

render(<App />, document.getElementById("app")!);
