"""A visit's doctor is its assignment's doctor: said by the database, because the doctor stands on the visit only so that
overlapping visits can be excluded."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("service", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE service_visit ADD CONSTRAINT visit_doctor_of_assignment FOREIGN KEY (assignment_id, doctor_id)"
            " REFERENCES matching_assignment (id, doctor_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE service_visit DROP CONSTRAINT visit_doctor_of_assignment",
        )
    ]
