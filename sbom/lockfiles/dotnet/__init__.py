"""Files of .NET."""
