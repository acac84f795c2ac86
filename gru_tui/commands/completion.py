"""`gru-tui completion`: the script that lets a shell ask gru-tui what may stand at a place."""

import click

SHELLS = ("bash", "zsh", "fish")


@click.command(short_help="print the completion script of a shell")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print a script that completes commands, options, runs, texts and hyperparameters.

    \b
    bash: gru-tui completion bash > ~/.local/share/bash-completion/completions/gru-tui
    zsh:  gru-tui completion zsh > ~/.zfunc/_gru-tui     (a folder in your fpath)
    fish: gru-tui completion fish > ~/.config/fish/completions/gru-tui.fish
    """
    from click.shell_completion import ShellComplete, get_completion_class

    from gru_tui.commands.group import VARIABLE, program

    kind = get_completion_class(shell)
    assert kind is not None  # click knows these three
    # Not the class's own source(): in bash's case that starts a bash to ask for its version.
    click.echo(ShellComplete.source(kind(program, {}, "gru-tui", VARIABLE)), nl=False)
