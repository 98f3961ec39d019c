"""What click lacks: options that take all the values behind them, as in `--keys green red blue`."""

from __future__ import annotations

import click


class ManyValued(click.Command):
    """A command whose `multiple` options take every value up to the next option.

    `-` counts as a value; `--` ends them, as everywhere.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the option's name before each of its values."""
        many = {
            name
            for parameter in self.params
            if isinstance(parameter, click.Option) and parameter.multiple
            for name in parameter.opts
        }
        spread: list[str] = []
        current: str | None = None
        behind = 0
        for place, arg in enumerate(args):
            if arg == "--":
                return super().parse_args(ctx, [*spread, *args[place:]])
            if arg in many:
                current, behind = arg, 0
            elif arg.startswith("-") and arg != "-":
                current = None
                spread.append(arg)
            elif current is not None:
                spread += [current, arg]
                behind += 1
            else:
                spread.append(arg)
            followed = place + 1 < len(args) and not (args[place + 1].startswith("-") and args[place + 1] != "-")
            if current is not None and behind == 0 and not followed:
                raise click.BadOptionUsage(current, f"Option '{current}' needs at least one value.", ctx)
        return super().parse_args(ctx, spread)
