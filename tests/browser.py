# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium that is driven through its DevTools protocol over two pipes: JSON, each message ended by a NUL byte."""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile

CHROMIUM = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)


class Browser:
    """No network: every name leads nowhere, and what it asks for all the same is kept in `requests`."""

    def __init__(self, *options, seconds=300):
        self.folder = tempfile.mkdtemp(prefix="plimsoll-browser-")
        self.scripts = True
        self.number, self.buffer, self.events, self.seconds = 0, b"", [], seconds
        (browser_reads, self.write_end), (self.read_end, browser_writes) = os.pipe(), os.pipe()

        # The browser has its ends at 3 and 4, whatever their numbers are here.
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                   "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--hide-scrollbars",
                   "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={self.folder}", "--remote-debugging-pipe", *options, "about:blank"]
        self.process = subprocess.Popen(["sh", "-c", f"exec \"$@\" 3<&{browser_reads} 4>&{browser_writes}", "sh", *command],
                                        pass_fds=(browser_reads, browser_writes), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        os.close(browser_reads)
        os.close(browser_writes)
        self.session = None
        target = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.write_end)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.read_end)
        shutil.rmtree(self.folder, ignore_errors=True)

    def receive(self):
        while b"\0" not in self.buffer:
            if not select.select([self.read_end], [], [], self.seconds)[0]:
                raise TimeoutError("the browser does not answer")
            data = os.read(self.read_end, 1 << 20)
            if not data:
                raise EOFError("the browser has ended")
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params, **({"sessionId": self.session} if self.session else {})}
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.write_end, data):]
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.note(answer)

    def note(self, event):
        self.events.append(event)
        if event["method"] == "Page.javascriptDialogOpening":
            self.number += 1   # nobody waits for the answer
            os.write(self.write_end, json.dumps({"id": self.number, "method": "Page.handleJavaScriptDialog", "params": {"accept": False},
                                                 "sessionId": self.session}).encode() + b"\0")

    def wait_for(self, method):
        while not any(e["method"] == method for e in self.events):
            answer = self.receive()
            if "method" in answer:
                self.note(answer)

    def run_scripts(self, on):
        self.call("Emulation.setScriptExecutionDisabled", value=not on)
        self.scripts = on

    def open(self, path):
        """Loads the file; forgets what happened before."""
        self.events = []
        self.call("Page.navigate", url=f"file://{path}")
        self.wait_for("Page.loadEventFired")

    def value(self, expression):
        """Of JavaScript, waited for where it is a promise."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def settle(self):
        """Until what the page has put off was done, and is painted."""
        if not self.scripts:
            self.picture()
            return
        self.value("new Promise(done => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 150))")

    def window(self, width, height=900, dark=False, media=""):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def click(self, selector):
        """A click of the mouse in the middle of the element, as a person does it."""
        x, y = self.value(f"(e => {{ e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect();"
                          f" return [r.x + Math.min(r.width, 60) / 2, r.y + r.height / 2]; }})(document.querySelector({json.dumps(selector)}))")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self.settle()

    def type(self, text):
        """Into what has the focus."""
        self.call("Input.insertText", text=text)
        self.settle()

    def key(self, key, code=None, number=0):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code or key, windowsVirtualKeyCode=number,
                      **({"text": {"Enter": "\r"}.get(key, key)} if kind == "keyDown" and (len(key) == 1 or key == "Enter") else {}))
        self.settle()

    def picture(self, whole=False):
        """PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=whole)["data"])

    def paper(self):
        """PDF."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])

    @property
    def requests(self):
        """What was asked for, the files that open() named and about: apart."""
        return [e["params"]["request"]["url"] for e in self.events if e["method"] == "Network.requestWillBeSent"
                and not (e["params"]["request"]["url"].startswith("file://") and e["params"]["type"] == "Document")]

    @property
    def complaints(self):
        """Messages of the console, exceptions and dialogs."""
        return [json.dumps(e["params"])[:300] for e in self.events if e["method"] in
                ("Page.javascriptDialogOpening", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")]
