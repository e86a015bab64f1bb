import { render } from "preact";
import { App } from "./app";
import { wearKept } from "./ui/theme";
import "./style/tokens.css";
import "./style/base.css";
import "./style/page.css";
import "./style/list.css";
import "./style/thread.css";
import "./style/message.css";

wearKept();
render(<App />, document.getElementById("app")!);
