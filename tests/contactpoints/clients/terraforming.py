"""Terraform with the provider for Grafana, as people run it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

FILES = Path(__file__).with_name("terraform")
PROVIDER = "TERRAFORM_PROVIDER_GRAFANA"
NOTHING, CHANGES = 0, 2  # what ``plan -detailed-exitcode`` ends with


def missing() -> str:
    """Why Terraform cannot be run here; nothing when it can."""
    if shutil.which("terraform") is None:
        return "terraform is missing: https://developer.hashicorp.com/terraform/install"
    if not os.access(os.environ.get(PROVIDER, ""), os.X_OK):
        return f"{PROVIDER} does not name the binary of Terraform's provider for Grafana"
    return ""


class Terraform:
    """A folder with configuration and state. ``sink`` is where its webhooks go."""

    def __init__(self, folder: Path, url: str, auth: str, sink: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        for path in FILES.glob("*.tf"):
            shutil.copy(path, folder)
        provider = Path(os.environ[PROVIDER]).resolve()
        plugins = folder / "plugins"
        plugins.mkdir()
        (plugins / "terraform-provider-grafana").symlink_to(provider)
        settings = folder / "terraform.rc"
        settings.write_text(
            "provider_installation {\n"
            f'  dev_overrides {{ "grafana/grafana" = "{plugins}" }}\n'
            "  direct {}\n}\n"
        )
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GRAFANA_")},
            "TF_CLI_CONFIG_FILE": str(settings),
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
            "TF_VAR_url": url,
            "TF_VAR_auth": auth,
            "TF_VAR_sink": sink,
        }

    def run(self, command: str, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["terraform", command, "-no-color", "-input=false", *options],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=200,
        )

    def apply(self, *options: str, command: str = "apply") -> str:
        """What it says last: how many it added, changed and destroyed."""
        done = self.run(command, "-auto-approve", *options)
        assert done.returncode == 0, done.stdout + done.stderr
        return next(line for line in done.stdout.splitlines() if " complete! " in line)

    def plan(self, *options: str) -> tuple[int, list[str]]:
        """Whether there is something to do, and what: the lines that name resources."""
        done = self.run("plan", "-detailed-exitcode", *options)
        assert done.returncode in (NOTHING, CHANGES), done.stdout + done.stderr
        lines = [line.strip("# ") for line in done.stdout.splitlines() if line.startswith("  # ")]
        return done.returncode, lines
