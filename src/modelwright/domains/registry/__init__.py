"""The registry gives models and prompts names and numbered versions, and says which version an alias or a stage means.

It knows where the files of a version came from and keeps them as they were, and every move of an alias. Refuses to know
who has to agree to a move (rooms above plug into `registry.before_transition`) and to open any model.
"""
