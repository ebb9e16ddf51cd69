"""Pictures of people."""

from django.db import models

from accounts.models.users import User


class Avatar(models.Model):
    """A person's picture as we encoded it anew. `key` is all of its address: it names nobody and cannot be guessed."""

    key = models.CharField(max_length=43, primary_key=True)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="avatar")
    png = models.BinaryField()

    def __str__(self) -> str:
        return f"picture of {self.user_id}"
