SELECT sending_hold() AS reason
