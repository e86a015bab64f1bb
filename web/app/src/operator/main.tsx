import { render } from "preact";
import { Operator } from "./operator";
import "../style/tokens.css";
import "../style/base.css";
import "./operator.css";

render(<Operator />, document.getElementById("app")!);
