"""Python: what `import detente as dt` adds to the layers below: chained scenarios, answers that show themselves."""
