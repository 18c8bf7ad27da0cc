"""A class in the app: the teacher's seat, the students' seats, and what both see in the header."""
