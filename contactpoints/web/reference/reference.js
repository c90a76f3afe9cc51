// The page of the HTTP API: sends what is filled in, and shows what is answered.
"use strict";

const access = document.getElementById("access");
const said = document.getElementById("who");
let word = null; // against forged requests, when a session of this browser is used

function authorization() {
  const token = access.elements.token.value.trim();
  return token ? { Authorization: `Bearer ${token}` } : {};
}

async function who() {
  word = null;
  try {
    const answer = await fetch("/api/v1/session", { headers: authorization() });
    const found = await answer.json();
    word = found.csrfToken || null;
    said.textContent = answer.ok ? `${found.name}: ${found.role}` : found.message;
  } catch (error) {
    said.textContent = String(error);
  }
}

function request(operation, form) {
  let path = operation.dataset.path;
  const query = new URLSearchParams();
  const headers = authorization();
  for (const field of form.querySelectorAll("[data-in]")) {
    if (field.dataset.in === "path") {
      path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    } else if (field.value && field.dataset.in === "query") {
      query.append(field.name, field.value);
    } else if (field.value && field.dataset.in === "header") {
      headers[field.name] = field.value;
    }
  }
  const method = operation.dataset.method;
  if (word && method !== "GET") headers["X-CSRF-Token"] = word;
  const body = form.elements.body;
  if (body) headers["Content-Type"] = body.dataset.kind;
  const address = query.size ? `${path}?${query}` : path;
  return [address, { method, headers, body: body ? body.value : undefined }];
}

function readable(text, kind) {
  if (!kind.includes("json")) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const operation = form.closest(".operation");
  const place = operation.querySelector(".answer");
  place.hidden = false;
  place.textContent = "…";
  const [address, options] = request(operation, form);
  try {
    const answer = await fetch(address, options);
    const text = await answer.text();
    const kind = answer.headers.get("Content-Type") || "";
    place.textContent = `${options.method} ${address}\n${answer.status} ${answer.statusText}\n\n${readable(text, kind)}`;
    if (address === "/api/v1/session" && options.method !== "GET") await who();
  } catch (error) {
    place.textContent = String(error);
  }
}

function find(event) {
  const wanted = event.target.value.toLowerCase();
  for (const operation of document.querySelectorAll(".operation")) {
    const line = operation.querySelector("summary").textContent.toLowerCase();
    operation.hidden = !line.includes(wanted);
  }
}

for (const form of document.querySelectorAll("form.try")) form.addEventListener("submit", send);
access.addEventListener("submit", (event) => event.preventDefault());
access.elements.token.addEventListener("change", who);
document.getElementById("find").addEventListener("input", find);
who();
