"""Files of Dart and Flutter."""
