// Node takes the page's files for what a browser takes them for, and they get the library by way of library.mjs.

export async function resolve(name, context, next) {
  const wanted = name.endsWith("vendor/socket.io.esm.min.js") && !context.parentURL.endsWith("/library.mjs");
  return wanted ? { url: new URL("./library.mjs", import.meta.url).href, shortCircuit: true } : next(name, context);
}

export async function load(url, context, next) {
  return next(url, url.includes("/chatspec-server/web/") ? { ...context, format: "module" } : context);
}
