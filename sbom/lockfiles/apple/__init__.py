"""Files of Swift and Objective-C."""
