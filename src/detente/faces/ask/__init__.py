"""Questions: each is declared once, as a function in a module of `questions/`, and every face follows from it.

The signature of the function says which arguments the question takes, in which order and with which defaults; what an
argument means and how its value is read stands once for all questions in `arguments.toml`. Command line, interface,
pages, tools for assistants and Python are made of that: none of them computes, and none chooses a default.
"""
