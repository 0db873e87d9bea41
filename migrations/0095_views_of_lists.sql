-- Views are saved of every long list.
alter table saved_views
  drop constraint saved_views_list_check,
  add constraint saved_views_list_check check (list in ('requests', 'people', 'buildings', 'units', 'staff', 'audit'));
alter table list_settings
  drop constraint list_settings_list_check,
  add constraint list_settings_list_check check (list in ('requests', 'people', 'buildings', 'units', 'staff', 'audit'));
