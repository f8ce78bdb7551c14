"""Files of Erlang, Elixir and Gleam."""
