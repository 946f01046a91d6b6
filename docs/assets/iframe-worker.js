// Search in pages opened from a folder: browsers start no worker there, so a hidden frame does its work.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.appendChild(frame);
      this.inside = frame.contentWindow;
      window.addEventListener("message", (event) => {
        if (event.source === this.inside) {
          const passed = new MessageEvent("message", { data: event.data });
          this.dispatchEvent(passed);
          if (this.onmessage) this.onmessage(passed);
        }
      });
      this.ready = new Promise((resolve) => {
        const page = this.inside.document;
        this.inside.loaded = resolve;
        page.open();
        page.write(
          `<script>
            postMessage = (data) => parent.postMessage(data, "*");
            importScripts = (...all) => all.reduce((before, one) => before.then(() => new Promise((done) => {
              const script = document.createElement("script");
              script.src = new URL(one, "${address}");
              script.onload = done;
              document.body.appendChild(script);
            })), Promise.resolve());
          </script><body><script src="${address}" onload="loaded()"></script></body>`.replaceAll("</script>", "<\/script>")
        );
        page.close();
      });
    }

    postMessage(data) {
      this.ready.then(() => this.inside.dispatchEvent(new MessageEvent("message", { data })));
    }

    terminate() {}
  };
}
