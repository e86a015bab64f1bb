package rest

import (
	"net/http"
	"slices"

	"parley/hub"
)

// failureNames are the documents' names of failures, by status.
var failureNames = map[int]string{
	http.StatusBadRequest:            "BadRequest",
	http.StatusUnauthorized:          "Unauthorized",
	http.StatusForbidden:             "Forbidden",
	http.StatusNotFound:              "NotFound",
	http.StatusRequestTimeout:        "RequestTimeout",
	http.StatusConflict:              "Conflict",
	http.StatusRequestEntityTooLarge: "TooLarge",
	http.StatusUnsupportedMediaType:  "UnsupportedMediaType",
	http.StatusUnprocessableEntity:   "KeyReused",
	http.StatusTooManyRequests:       "TooManyRequests",
	http.StatusInternalServerError:   "Internal",
	http.StatusServiceUnavailable:    "Unavailable",
}

var failureTexts = map[int]string{
	http.StatusBadRequest:            "A parameter is missing or cannot be; the message names it.",
	http.StatusUnauthorized:          "The credentials are missing, or not known.",
	http.StatusForbidden:             "A limit is reached, or a page of another origin asks with a browser's credentials.",
	http.StatusNotFound:              "What the path or a parameter names is not there, or not of this service.",
	http.StatusRequestTimeout:        "The request did not come whole in time.",
	http.StatusConflict:              "What is there already, or its state, stands in the way.",
	http.StatusRequestEntityTooLarge: "The body is too large.",
	http.StatusUnsupportedMediaType:  "The body is not form-encoded.",
	http.StatusUnprocessableEntity:   "The Idempotency-Key stands for another request.",
	http.StatusTooManyRequests:       "Too many requests; Retry-After says when to come back.",
	http.StatusInternalServerError:   "Something failed inside. It may or may not have happened.",
	http.StatusServiceUnavailable:    "The store cannot be had now. Nothing happened.",
}

// failures are all of them as the document has them.
func failures() object {
	all := object{}
	for status, name := range failureNames {
		names := []string{"Twilio-Request-Id"}
		if status == http.StatusTooManyRequests {
			names = append(names, "Retry-After")
		}
		all[name] = object{
			"description": failureTexts[status], "headers": references("headers", names...),
			"content": object{"application/json": object{"schema": reference("schemas", "Error")}},
		}
	}
	return all
}

var problemSchema = object{
	"type": "object", "description": "What went wrong.", "required": []string{"code", "message", "more_info", "status"},
	"properties": object{
		"code":      object{"type": "integer", "description": "Twilio's number of the error.", "minimum": 10000, "maximum": 69999},
		"message":   object{"type": "string", "description": "For people."},
		"more_info": object{"type": "string", "format": "uri", "description": "Where the code is explained."},
		"status":    object{"type": "integer", "description": "The status of the answer.", "minimum": 400, "maximum": 599},
	},
}

// failures are the statuses that an operation may have besides that of success.
func (p *place) failures() []int {
	all := []int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusServiceUnavailable,
	}
	if p.method != http.MethodGet {
		all = append(all, http.StatusConflict, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge)
	}
	if p.takesBody() {
		all = append(all, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	}
	if len(pathNames(p.path)) > 0 || slices.ContainsFunc(p.params, names) {
		all = append(all, http.StatusNotFound)
	}
	return all
}

// names reports whether a parameter names something, which may not be there.
func names(p param) bool { return p.kind == sid }

// codeOf is the code of an error as the document shows it.
func codeOf(c hub.Code) int {
	if c <= 0 {
		return codeParams
	}
	return int(c)
}

// codes tells the codes of a parameter that is missing, too long, or cannot be.
func (p *param) codes() object {
	all := object{}
	if p.kind != text || len(p.values) > 0 {
		all["x-code-refused"] = codeOf(p.refused)
	}
	if p.long != 0 {
		all["x-code-long"] = codeOf(p.long)
	}
	if p.required != 0 {
		all["x-code-missing"] = codeOf(p.required)
	}
	return all
}
