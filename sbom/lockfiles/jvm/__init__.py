"""Files of Java and other languages of the JVM."""
