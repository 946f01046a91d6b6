"""The equations of both families written a second time, for derivatives by another hand."""
